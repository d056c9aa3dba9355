"""From values of the pipeline to entries of the decision log. Labels only, never content."""
