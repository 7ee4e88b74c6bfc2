"""What this machine shows without privileges: sockets, processes, model servers, GPUs. Read-only.

Everything reads below a root path, so that tests can bring a ``/proc`` of their own. Where there is
no ``/proc``, nothing is known, and that is no failure.
"""
