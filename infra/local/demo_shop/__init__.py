"""The demo shop: outdoor gear, home goods, coffee and books, sold from two warehouses in two currencies."""
from .loading import load

__all__ = ("load",)
