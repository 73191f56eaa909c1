"""The live bar of a load, and its plain lines where there is no terminal."""

from ddbbulk.progress.display import PatientConsole, ProgressDisplay, error_console

__all__ = ["PatientConsole", "ProgressDisplay", "error_console"]
