"""The whole system: what it is made of, where its data and addresses are kept, in which order it starts and stops."""
