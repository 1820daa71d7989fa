"""Starting engines on this machine: today the embedded one, which bare `gemwright` brings along."""
