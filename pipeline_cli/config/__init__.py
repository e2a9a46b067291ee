"""From `pipeline.yaml` to a Playbook; `pipeline_file.py` is the only door."""
