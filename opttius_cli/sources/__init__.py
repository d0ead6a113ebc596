"""Where rows come from. A source hands over the parts of each table and knows nothing else."""
