"""The HTTP client, against a server that answers from a list."""

import json
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np

from freshet import Client, ServerError, split_place


class ScriptedServer(HTTPServer):
    """Answers each request with the next (status, headers, body); keeps what it was asked."""

    def __init__(self, *answers):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.asked = list(answers), []
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.path, json.loads(body) if body else None))
        status, headers, answer = self.server.answers.pop(0)
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST

    def log_message(self, *_):
        pass


PREDICTED = 200, {}, {"predictions": [0.25], "model_version": "0badcafe-0000000003"}
BUSY = 429, {"Retry-After": "0"}, {"error": "as many requests are in flight as allowed"}


class ClientTest(unittest.TestCase):
    def test_predict_sends_instances_and_what_they_share(self):
        with ScriptedServer(PREDICTED) as server:
            prediction = Client(server.url, "a b").predict(
                [{"price": np.float32(2.5)}], {"genres": np.array(["x"])}, "3"
            )

        self.assertEqual(prediction.scores.tolist(), [0.25])
        self.assertEqual(prediction.version, "0badcafe-0000000003")
        path, body = server.asked[0]
        self.assertEqual(path, "/v1/models/a%20b/versions/3:predict")
        self.assertEqual(
            body,
            {
                "shared": {"features": {"genres": ["x"]}},
                "instances": [{"features": {"price": 2.5}}],
            },
        )

    def test_a_prediction_names_the_model_of_a_split(self):
        v1 = 200, {}, {**PREDICTED[2], "scored_by": "wide"}
        output = {"data": [0.5]}
        v2 = {"model_version": "1", "parameters": {"scored_by": "wide"}, "outputs": [output]}
        with ScriptedServer(PREDICTED, v1, (200, {}, v2)) as server:
            client = Client(server.url, "ads")
            models = (
                client.predict([{}]).model,
                client.predict([{}]).model,
                client.infer([{}]).model,
            )

        self.assertEqual(models, ("ads", "wide", "wide"))
        self.assertEqual(split_place("ads", "u17"), 2728)
        self.assertEqual(split_place("ads", 5), split_place("ads", "5"))

    def test_a_passing_refusal_is_repeated_after_the_time_that_it_names(self):
        stopping = 503, {"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, {"error": "stopping"}
        no_time = 503, {}, {"error": "busy"}
        with ScriptedServer(BUSY, stopping, no_time, PREDICTED) as server:
            Client(server.url, "ctr").predict([{}])

        self.assertEqual(len(server.asked), 4)

    def test_it_is_not_repeated_for_ever(self):
        with ScriptedServer(BUSY, BUSY, BUSY) as server:
            with self.assertRaises(ServerError) as raised:
                Client(server.url, "ctr", retries=2).predict([{}])

        self.assertEqual(str(raised.exception), "429: as many requests are in flight as allowed")
        self.assertEqual(len(server.asked), 3)

    def test_a_pause_beyond_patience_is_not_waited_for(self):
        later = 503, {"Retry-After": "60"}, {"error": "stopping"}
        with ScriptedServer(later) as server:
            with self.assertRaisesRegex(ServerError, "503: stopping"):
                Client(server.url, "ctr", patience=30).predict([{}])

    def test_other_refusals_are_errors_with_the_servers_message(self):
        wrong = 400, {}, {"error": "instances[0].features.price is a string; expected a number"}
        page = 502, {}, b"<html>"
        with ScriptedServer(wrong, page) as server:
            client = Client(server.url, "ctr")
            with self.assertRaises(ServerError) as raised:
                client.predict([{"price": "cheap"}])
            with self.assertRaisesRegex(ServerError, "502: Bad Gateway"):
                client.predict([{}])

        self.assertEqual(raised.exception.status, 400)
        self.assertEqual(
            raised.exception.message, "instances[0].features.price is a string; expected a number"
        )

    def test_readiness_says_why_not(self):
        not_yet = (
            503,
            {"Retry-After": "1"},
            {"ready": False, "reason": "no model has been loaded yet"},
        )
        with ScriptedServer(not_yet) as server:
            self.assertEqual(Client(server.url, "ctr").readiness(), not_yet[2])

    def test_no_server_and_no_number_are_refused(self):
        with ScriptedServer() as server:
            url = server.url
        with self.assertRaisesRegex(ServerError, url + "/v1/models/ctr:predict did not answer: "):
            Client(url, "ctr").predict([{}])
        with self.assertRaisesRegex(ValueError, "not JSON compliant"):
            Client(url, "ctr").predict([{"price": float("nan")}])
        with self.assertRaisesRegex(ValueError, "'localhost:8500' is no URL of a server"):
            Client("localhost:8500", "ctr")


if __name__ == "__main__":
    unittest.main()
