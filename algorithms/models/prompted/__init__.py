"""One language model for all tasks: every task is a sentence, every answer a few words.

``vocabulary`` gives everything a word, ``sentences`` turns the log into prompts and answers,
``transformer`` reads the one and writes the other, ``learning`` trains it with PyTorch, and
``answering`` asks it with NumPy: for all items at once, or word by word under
a trie of valid items.
"""
