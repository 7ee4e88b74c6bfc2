"""llama.cpp's server with one model, as a program: MODEL PORT chat|vectors. Ends with its parent's pipe."""

from __future__ import annotations

import os
import sys

import xllamacpp


def main(model: str, port: str, mode: str) -> None:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = model
    parameters.model_alias = {"smollm2"}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = int(port)
    parameters.n_ctx = 2048
    parameters.ui = False
    parameters.offline = True
    if mode == "vectors":
        parameters.embedding = True
        parameters.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)
    while os.read(0, 1):
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
