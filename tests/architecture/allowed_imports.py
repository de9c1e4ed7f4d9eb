"""An import contract by allow-list: what a floor may import directly, and nothing else.

import-linter knows what is forbidden; a floor that may know "the standard library and NumPy" needs the opposite. The
standard library is always allowed here (the contract on the I/O line narrows it); `third_party = true` allows every
distribution that is not ours.
"""

from __future__ import annotations

import sys

import grimp
from importlinter import Contract, ContractCheck, fields, output


class AllowedImportsContract(Contract):
    """Every direct import that leaves `importers` must fall under `allowed`, or under an exception `A -> B`."""

    type_name = "allowed_imports"

    importers = fields.ListField(subfield=fields.StringField())
    allowed = fields.ListField(subfield=fields.StringField())
    exceptions = fields.ListField(subfield=fields.StringField(), required=False)
    third_party = fields.BooleanField(required=False, default=False)

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        trespasses = [
            (importer, imported)
            for importer in sorted(graph.modules)
            if _falls_under(importer, self.importers)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if not self._may_import(importer, imported)
        ]
        return ContractCheck(kept=not trespasses, metadata={"trespasses": trespasses})

    def _may_import(self, importer: str, imported: str) -> bool:
        distribution = imported.split(".")[0]
        if distribution in sys.stdlib_module_names or _falls_under(imported, self.allowed):
            return True
        if self.third_party and distribution != "tickwright":
            return True
        pairs = [exception.split(" -> ") for exception in self.exceptions or ()]
        return any(_falls_under(importer, [source]) and _falls_under(imported, [target]) for source, target in pairs)

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["trespasses"]:
            output.print_error(f"{importer} may not import {imported}")


def _falls_under(module: str, packages: list[str]) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)
