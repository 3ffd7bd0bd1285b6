"""Two players: recommenders learned in a game, each beside the plain model that does without one.

``autoencoder`` and ``cfgan`` answer with the same small network on a user's row of feedback, and
``pairwise`` and ``irgan`` with the same vectors of users and items: what differs is how these are
learned, so that a comparison shows what the game adds. PyTorch learns; NumPy answers.
"""
