"""Which fault a call gives."""

from collections.abc import Callable

import pytest

from hardware.faults import DeviceFault, FaultCode


def code_of(call: Callable[..., object], *args: object, **settings: bool) -> FaultCode:
    """The code of the DeviceFault that `call` must raise."""
    with pytest.raises(DeviceFault) as fault:
        call(*args, **settings)
    return fault.value.code
