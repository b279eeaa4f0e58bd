"""A case's states and which may follow which: the one table. Rule 1: everything that moves a state must live here."""

from enum import StrEnum


class CaseStatus(StrEnum):
    """Where a case stands (domain: draft … archived)."""

    DRAFT = "draft"                  # 草稿
    CORRECTING = "correcting"        # 补正中: a correction notice is out
    REFUSED = "refused"              # 不予受理
    WITHDRAWN = "withdrawn"          # 撤回
    ACCEPTED = "accepted"            # 已受理: committed here, number given
    IN_PROGRESS = "in_progress"      # 办理中: the province has it, departments work
    FINISHED = "finished"            # 已办结: every selected matter is done
    DELIVERED = "delivered"          # 已送达
    RETURNED = "returned"            # 平台退回: the province refused it; work with a reason


class CaseEvent(StrEnum):
    """What can happen to a case."""

    ACCEPT = "accept"
    ASK_CORRECTION = "ask_correction"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    PLATFORM_ACCEPTED = "platform_accepted"
    PLATFORM_REFUSED = "platform_refused"
    ALL_MATTERS_DONE = "all_matters_done"
    DELIVER = "deliver"


class MatterState(StrEnum):
    """Where one matter stands with its department."""

    NOT_SELECTED = "not_selected"    # 未选
    WAITING = "waiting"              # 待前置: a prerequisite is not done yet
    QUEUED = "queued"                # 待推送
    PUSHED = "pushed"                # 已推送
    ACKNOWLEDGED = "acknowledged"    # 已签收
    IN_PROGRESS = "in_progress"      # 办理中
    PAUSED = "paused"                # 暂停
    DONE = "done"                    # 已办结
    RETURNED = "returned"            # 退回
    REFUSED = "refused"              # 不予办理
    UNKNOWN = "unknown"              # a state this version does not know; shown as it came


_NEXT: dict[tuple[CaseStatus, CaseEvent], CaseStatus] = {
    (CaseStatus.DRAFT, CaseEvent.ACCEPT): CaseStatus.ACCEPTED,
    (CaseStatus.DRAFT, CaseEvent.ASK_CORRECTION): CaseStatus.CORRECTING,
    (CaseStatus.DRAFT, CaseEvent.REFUSE): CaseStatus.REFUSED,
    (CaseStatus.DRAFT, CaseEvent.WITHDRAW): CaseStatus.WITHDRAWN,
    (CaseStatus.CORRECTING, CaseEvent.ASK_CORRECTION): CaseStatus.CORRECTING,
    (CaseStatus.CORRECTING, CaseEvent.ACCEPT): CaseStatus.ACCEPTED,
    (CaseStatus.CORRECTING, CaseEvent.REFUSE): CaseStatus.REFUSED,
    (CaseStatus.CORRECTING, CaseEvent.WITHDRAW): CaseStatus.WITHDRAWN,
    (CaseStatus.ACCEPTED, CaseEvent.PLATFORM_ACCEPTED): CaseStatus.IN_PROGRESS,
    (CaseStatus.ACCEPTED, CaseEvent.PLATFORM_REFUSED): CaseStatus.RETURNED,
    (CaseStatus.RETURNED, CaseEvent.ACCEPT): CaseStatus.ACCEPTED,
    (CaseStatus.RETURNED, CaseEvent.WITHDRAW): CaseStatus.WITHDRAWN,
    (CaseStatus.IN_PROGRESS, CaseEvent.ALL_MATTERS_DONE): CaseStatus.FINISHED,
    (CaseStatus.FINISHED, CaseEvent.DELIVER): CaseStatus.DELIVERED,
}


class IllegalMove(Exception):
    """The case is not in a state in which this may happen."""

    code = "case.illegal_move"


def next_status(status: CaseStatus, event: CaseEvent) -> CaseStatus:
    """The status after `event`; raises IllegalMove when it may not happen now."""
    try:
        return _NEXT[status, event]
    except KeyError:
        raise IllegalMove(f"{event.value} cannot happen to a case that is {status.value}") from None


def editable(status: CaseStatus) -> bool:
    """Whether answers may still change."""
    return status in {CaseStatus.DRAFT, CaseStatus.CORRECTING, CaseStatus.RETURNED}
