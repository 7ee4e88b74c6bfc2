"""What is on the terminal while Textual is loaded: a part of the first frame, and the echo of the prompt.

Nothing here imports Textual. What is drawn here stays as it is when the screen comes.
"""
