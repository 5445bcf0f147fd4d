"""Tables: generated, bundled or read from files; encoded as numbers; split into rows to train on and rows to test on."""
