"""The visitor's filter of the register, and what each choice of it would find."""
