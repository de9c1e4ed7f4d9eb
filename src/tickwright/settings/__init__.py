"""Settings: layered, versioned, validated, each value with its origin. Read by bootstrap and the entry points alone.

`load_settings` puts the layers together: built-in defaults < `tickwright.toml` of the project (or each `--config FILE`)
< the profile < the environment (`TICKWRIGHT_SECTION__KEY`) < the command line. `model` says which settings there are
and what each accepts; `units` reads rates, spans and amounts as people write them; `layers` reads one source and knows
where each of its values stands; `environment` reads the variables; `loading` merges and validates; `problems` turns a
value that does not fit into its sentence; `migrations` brings older files up to date; `dotenv` imports old dot-env
files.
"""

from tickwright.settings.loading import LoadedSettings, load_settings
from tickwright.settings.model import Settings

__all__ = ["LoadedSettings", "Settings", "load_settings"]
