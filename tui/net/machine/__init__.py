"""What this machine shows without privileges: sockets, processes, model servers, GPUs. Read-only.

On Linux everything reads below a root path, so that tests can bring a ``/proc`` of their own; elsewhere
psutil is asked. What cannot be seen is not known, and that is no failure.
"""
