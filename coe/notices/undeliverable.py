from __future__ import annotations


class Undeliverable(Exception):
    """A letter was refused for good; `sentence` says why, to the person whom it was for."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)
