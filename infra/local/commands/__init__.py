"""What `make` runs. The templates' parameters are read by `operate.settings`, as the operator commands do."""
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))
