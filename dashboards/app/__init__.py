"""The Dash application: watch a process, step into it, compare futures.  No model lives in the server."""
