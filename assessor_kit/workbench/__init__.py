"""The assessor's screen: my returns, the return with its charts and findings, and the judgement, from one call."""

from assessor_kit.workbench.screen import Workbench, open_workbench

__all__ = ["Workbench", "open_workbench"]
