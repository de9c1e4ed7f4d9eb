"""What the kernel compiles with: the decorators of `machine_code`, under the names its rules use."""

from __future__ import annotations

from tickwright.machine_code.compilation import COMPILED as COMPILED
from tickwright.machine_code.compilation import Function as Function
from tickwright.machine_code.compilation import entry as entry
from tickwright.machine_code.compilation import inlined as inlined
from tickwright.machine_code.compilation import rule as rule
