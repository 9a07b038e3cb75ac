"""`python -m cloud`: the local cloud on 127.0.0.1:$GATEWAY_PORT."""
from .launch import main

main()
