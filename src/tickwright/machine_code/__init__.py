"""From rules written in Python to machine code: compiled once on a machine, then loaded without its compiler.

`compilation` what is compiled: rules, and entries that are called by address; `views` memory by address;
`kept_objects` machine code in files; `loading` files into the process. Imported only where something must be compiled:
`building`, what needs the compiler, and `intrinsics`, the few instructions Python has no words for.
"""
