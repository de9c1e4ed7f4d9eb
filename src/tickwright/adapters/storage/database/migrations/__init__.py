"""How the tables came to be: one file per step under `versions`, each with its way back."""
