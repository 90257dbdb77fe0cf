"""Deposits of CNRS labs in HAL: another count of their joint works, held against OpenAlex's and never added to it."""
