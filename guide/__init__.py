"""Guide social de Jette / Sociale gids Jette: social services, and the plan actions they fulfil."""

__version__ = "0.1.0"
