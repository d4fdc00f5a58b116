"""Answers of the API to typed rows: pure functions, a module for each kind of answer.

What is empty becomes None. A row that cannot be read is rejected, with the reason, and the others go on.
"""
