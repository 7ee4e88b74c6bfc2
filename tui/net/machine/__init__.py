"""What this machine shows without privileges: sockets, processes, model servers, GPUs. Read-only.

On Linux everything reads below a root path, so that tests can provide their own ``/proc``; elsewhere psutil
is used. What is not visible is unknown, which is not an error.
"""
