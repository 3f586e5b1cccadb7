"""Scores an example from the files of a snapshot, without a server.

pip install src/python
python src/examples/score.py freshet-demo/snapshots '{"user": "u17", "item": "i4", "price": 2.5}'
"""

import json
import sys

import freshet

if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    root, *examples = sys.argv[1:]
    model = freshet.load(root)
    for score in model.score([json.loads(example) for example in examples]):
        print(score)
