"""Who may: permission classes of one sentence each, and the values of a request that they ask for."""
