"""How the stand-in misbehaves; set over /_sandbox/switches, all off at the start."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Refusal(BaseModel):
    """Which cases the province will not have, and why."""

    model_config = ConfigDict(extra="forbid")

    case_uuid: str | None = None
    """None = every case."""
    reason_code: str = "material_unreadable"
    reason: str = "结婚证照片无法辨认，请重新拍摄后再报。"


class Switches(BaseModel):
    """Each one acts on every request under /v1 until it is set back."""

    model_config = ConfigDict(extra="forbid")

    slow_ms: int = 0
    down: bool = False
    """503 for everything. A refused connection is made by stopping the program."""
    unauthorised: bool = False
    refuse: Refusal | None = None
    lose_answers: int = 0
    """So many of the next matching requests do their work, then the connection dies without an answer."""
    lose_answers_of: Literal["any", "sign_on", "announce", "evidence", "complete", "progress"] = "any"
    wrong_body: Literal["", "portal", "other_case", "not_json", "list", "huge", "deep"] = ""
    """What comes instead of an answer, always with status 200."""
    clock_offset_s: float = 0
    too_many: int = 0
    """So many of the next requests get 429."""
    retry_after_s: int = 1
    repeat_progress: bool = False
    """Every answer brings the last events before the cursor again, and everything twice."""
    shuffle_progress: bool = False
    delay_s: float | None = None
    """What a department takes for one matter; None = as started."""
    delays_s: dict[str, float] = {}
    """The same for single matters."""
