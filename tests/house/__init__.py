"""Checks of the house: what is agreed about the code is true of the code, and each check notices when it is not."""
