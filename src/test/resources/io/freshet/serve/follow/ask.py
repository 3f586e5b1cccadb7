"""Answers questions, JSON a line, with the package freshet."""

import json
import sys

import freshet

followers = {}


def follow(root, instances):
    if root in followers:
        followers[root].refresh()
    else:
        followers[root] = freshet.Follower(root)
    follower = followers[root]
    parts = follower.model.parts(instances)
    tasks = follower.model.score_tasks(instances) if follower.model.tasks else {}
    return {
        "tasks": {name: scores.tolist() for name, scores in tasks.items()},
        "scores": follower.model.score(instances).tolist(),
        "parts": {name: part.tolist() for name, part in vars(parts).items()},
        "version": follower.model.version,
        "rows": len(follower.model.table),
        "reason": follower.pointer.reason,
        "pinned": follower.pointer.pinned,
        "loaded": freshet.load(root, follower.model.version).score(instances).tolist(),
    }


def ask(url, model, instances):
    client = freshet.Client(url, model)
    explained, explanations = client.explain(instances)
    v2 = client.infer(instances)
    last = list(v2.tasks)[-1] if v2.tasks else None
    return {
        "last_task": client.explain(instances, task=last)[1] if last else None,
        "tasks_v2": {name: scores.tolist() for name, scores in v2.tasks.items()},
        "v1": client.predict(instances).scores.tolist(),
        "v2": v2.scores.tolist(),
        "explain": explained.scores.tolist(),
        "explanations": explanations,
        "version": v2.version,
        "models": [client.predict(instances).model, v2.model],
        "ready": client.readiness()["ready"],
        "served": client.status().get("version"),
    }


for line in sys.stdin:
    question = json.loads(line)
    try:
        answer = follow(**question) if "root" in question else ask(**question)
    except freshet.FreshetError as e:
        held = followers.get(question.get("root"))
        answer = {"error": str(e), "version": held and held.model.version}
    print(json.dumps(answer), flush=True)
