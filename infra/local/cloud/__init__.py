"""The local cloud: MiniStack plus what Atoll's templates rely on and MiniStack leaves out.

Start it with `python -m cloud`. Every module that changes MiniStack's behaviour has an
`install()` and says in its first line what AWS does that MiniStack does not.
"""
