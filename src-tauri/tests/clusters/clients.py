"""The real clients, against simulated clusters: what is asked of them in earnest, and every way in which they say no.

Told by the environment: KUBECONFIG and OTHER_KUBECONFIG (a token that opens nothing), KUBERNETES and KUBERNETES_TOKEN, CA (of
both), HOPSWORKS_PORT, HOPSWORKS_KEY.
"""

import json
import os

import requests
from hopsworks_common.client import auth, exceptions, external
from hopsworks_common.user import User
from kubernetes import client, config
from kubernetes.client.rest import ApiException
from urllib3.exceptions import MaxRetryError, SSLError

ENV = os.environ
NONE = {"fault": "none"}


def refused(ask, status, reason=None):
    """Kubernetes says no, with a Status that the client can read."""
    try:
        ask()
    except ApiException as error:
        assert error.status == status, (error.status, error.body)
        said = json.loads(error.body)
        assert said["kind"] == "Status" and said["code"] == status, said
        assert reason is None or said["reason"] == reason, said
        return
    raise AssertionError(f"{status} was expected")


def untrusted(ask, words):
    try:
        ask()
    except (MaxRetryError, SSLError, ApiException) as error:
        assert words in str(error), error
        return
    raise AssertionError("such a certificate was believed")


def break_kubernetes(fault):
    answer = requests.put(
        ENV["KUBERNETES"] + "/sandbox/fault", json=fault, verify=False,
        headers={"Authorization": "Bearer " + ENV["KUBERNETES_TOKEN"]},
    )
    assert answer.status_code == 204, answer.text


def pages(ask, limit):
    """Everything of a list, page by page."""
    found, seen, token, all_of_it = [], 0, None, None
    while True:
        page = ask(limit=limit, _continue=token) if token else ask(limit=limit)
        found += page.items
        seen += 1
        token = page.metadata._continue
        left = page.metadata.remaining_item_count
        assert len(page.items) <= limit and bool(token) == bool(left), page.metadata
        all_of_it = all_of_it or len(found) + (left or 0)
        assert all_of_it == len(found) + (left or 0), "each page says how many are left"
        if not token:
            return found, seen


def kubernetes():
    break_kubernetes(NONE)
    api = client.CoreV1Api(config.new_client_from_config(ENV["KUBECONFIG"]))
    objects = client.CustomObjectsApi(api.api_client)

    version = client.VersionApi(api.api_client).get_code()
    assert version.git_version == "v1.34.2", version

    nodes, _ = pages(api.list_node, 500)
    for node in nodes:
        assert int(node.status.allocatable["pods"]) > 0
        assert any(one.type == "Ready" for one in node.status.conditions), node
    names = {node.metadata.name for node in nodes}
    pods, seen = pages(api.list_pod_for_all_namespaces, 500)
    assert seen > 1, "more than a page"
    assert len({(pod.metadata.namespace, pod.metadata.name) for pod in pods}) == len(pods), "none is told twice"
    placed = [pod for pod in pods if pod.status.phase == "Running"]
    assert placed and {pod.spec.node_name for pod in placed} <= names
    assert all(pod.spec.containers[0].resources.requests["cpu"] for pod in placed)
    spaces, _ = pages(api.list_namespace, 2)
    assert {pod.metadata.namespace for pod in pods} <= {space.metadata.name for space in spaces}
    claims, _ = pages(api.list_persistent_volume_claim_for_all_namespaces, 500)
    assert claims and all(claim.status.capacity["storage"] for claim in claims)

    # By what it is told from others: by its name, and for who may only list, out of the list.
    uid = api.read_namespace("kube-system").metadata.uid
    listed = api.list_namespace(field_selector="metadata.name=kube-system").items
    assert [space.metadata.uid for space in listed] == [uid] and uid

    for what, least in (("nodes", len(nodes)), ("pods", len(placed))):
        measured = objects.list_cluster_custom_object("metrics.k8s.io", "v1beta1", what, limit=500)
        assert measured["kind"].endswith("MetricsList") and len(measured["items"]) == least, (what, len(measured["items"]))
        of = measured["items"][0]
        usage = of["usage"] if what == "nodes" else of["containers"][0]["usage"]
        assert set(usage) == {"cpu", "memory"}, of

    def costs(window="2026-11-19T12:00:00Z,2026-11-20T12:00:00Z"):
        path = "/api/v1/namespaces/{namespace}/services/{name}/proxy/{path}"
        asked = api.api_client.param_serialize(
            "GET", path, {"namespace": "opencost", "name": "opencost:9003", "path": "allocation"},
            [("window", window), ("aggregate", "namespace"), ("accumulate", "true"), ("includeIdle", "true")],
            auth_settings=["BearerToken"],
        )
        # A path within a path keeps its stroke, which the generated client would write as %2F.
        asked = (asked[0], asked[1].replace("/allocation?", "/allocation/compute?"), *asked[2:])
        answer = api.api_client.call_api(*asked)
        body = answer.read()
        if answer.status != 200:
            raise ApiException(http_resp=answer, body=body.decode(), data=None)
        return json.loads(body)

    told = costs()
    assert told["code"] == 200 and "__idle__" in told["data"][0], told
    assert all(given["totalCost"] >= 0 for given in told["data"][0].values())

    # Everything that can be said no to.
    refused(lambda: api.read_namespace("nowhere"), 404, "NotFound")
    refused(lambda: api.list_pod_for_all_namespaces(limit=500, _continue="nonsense"), 400, "BadRequest")
    other = client.CoreV1Api(config.new_client_from_config(ENV["OTHER_KUBECONFIG"]))
    refused(lambda: other.list_node(limit=1), 401, "Unauthorized")
    metrics = lambda: objects.list_cluster_custom_object("metrics.k8s.io", "v1beta1", "nodes")  # noqa: E731
    token = api.list_pod_for_all_namespaces(limit=500).metadata._continue
    for fault, ask, status, reason in (
        ({"fault": "unauthorized"}, lambda: api.list_node(limit=1), 401, "Unauthorized"),
        ({"fault": "nodes_forbidden"}, lambda: api.list_node(limit=1), 403, "Forbidden"),
        ({"fault": "get_forbidden"}, lambda: api.read_namespace("kube-system"), 403, "Forbidden"),
        ({"fault": "no_metrics"}, metrics, 404, "NotFound"),
        ({"fault": "no_opencost"}, costs, 404, "NotFound"),
        ({"fault": "opencost_forbidden"}, costs, 403, "Forbidden"),
        ({"fault": "opencost_down"}, costs, 503, "ServiceUnavailable"),
        ({"fault": "forgetful"}, lambda: api.list_pod_for_all_namespaces(limit=500, _continue=token), 410, "Expired"),
        ({"fault": "answer", "status": 429}, lambda: api.list_node(limit=1), 429, None),
        ({"fault": "answer", "status": 500}, lambda: api.list_node(limit=1), 500, None),
    ):
        break_kubernetes(fault)
        refused(ask, status, reason)
    break_kubernetes({"fault": "odd_costs"})
    odd = [given["totalCost"] for given in costs()["data"][0].values()]
    assert None in odd and any(cost is not None and cost < 0 for cost in odd), odd
    for fault, words in (("expired_certificate", "certificate has expired"), ("unknown_certificate", "CERTIFICATE_VERIFY_FAILED")):
        break_kubernetes({"fault": fault})
        # A connection that stands shows no certificate any more.
        fresh = config.new_client_from_config(ENV["KUBECONFIG"])
        fresh.configuration.retries = False
        untrusted(lambda: client.CoreV1Api(fresh).list_node(limit=1), words)
    break_kubernetes(NONE)
    assert api.list_node(limit=1).items


def declined(ask, status, code):
    """Hopsworks says no, with a code that the client can read."""
    try:
        ask()
    except exceptions.RestAPIError as error:
        assert (error.response.status_code, error.error_code) == (status, code), error
        return
    raise AssertionError(f"{status}, {code} was expected")


def hopsworks():
    def opened(key):
        return external.Client("localhost", int(ENV["HOPSWORKS_PORT"]), None, "python", True, ENV["CA"], None, None, key)

    there = opened(ENV["HOPSWORKS_KEY"])
    ask = there._send_request
    versions = ask("GET", ["variables", "versions"])
    assert any(one["software"] == "hopsworks" and one["version"] for one in versions), versions

    users = ["admin", "users"]
    everybody, offset = [], 0
    while True:
        page = ask("GET", users, {"sort_by": "email:asc", "offset": offset, "limit": 200})
        everybody += page.get("items", [])
        offset += 200
        if offset >= page["count"]:
            break
    assert len({one["id"] for one in everybody}) == page["count"] == len(everybody) > 200
    assert [one["email"] for one in everybody] == sorted(one["email"] for one in everybody)
    first = User.from_response_json(dict(everybody[0]))
    assert first.email and first.username and first.max_num_projects is not None and first.roles == ["HOPS_USER"], first

    new = {
        "accountType": "REMOTE_ACCOUNT_TYPE", "type": "OAUTH2", "email": "grace@firm.example", "givenName": "Grace",
        "surname": "Example", "maxNumProjects": 5, "subject": "auth0|grace", "clientId": "the-client",
    }
    made = ask("POST", users, new)
    assert made["email"] == new["email"] and made["uuid"] == "the-client.auth0|grace", made
    declined(lambda: ask("POST", users, new), 409, 160003)
    declined(lambda: ask("POST", users, {**new, "email": "nobody"}), 400, 120004)
    found = ask("GET", users, {"filter_by": "user_email:grace@firm.example"})
    assert found["count"] == 1, found
    one = [*users, found["items"][0]["id"]]
    assert ask("GET", one)["maxNumProjects"] == 5
    body = {"content-type": "application/json"}
    assert ask("PUT", one, headers=body, data=json.dumps({"maxNumProjects": 7}))["maxNumProjects"] == 7
    changed = ask("PUT", one, headers=body, data=json.dumps({"status": 3}))
    assert (changed["status"], changed["maxNumProjects"]) == (3, 7), changed
    declined(lambda: ask("GET", [*users, 1]), 404, 160002)
    declined(lambda: ask("GET", users, {"filter_by": "unheard_of:x"}), 404, 120004)

    projects = ask("GET", ["admin", "projects"], {"expand": ["creator", "quotas"]})
    assert projects["count"] == len(projects["items"]) == 2, projects
    for project in projects["items"]:
        assert project["creator"]["email"] and project["projectQuotas"]["hdfsQuota"] == -1, project

    other = opened("Kx9.another")
    declined(lambda: other._send_request("GET", users), 401, 320001)
    # Who is alive tells everybody.
    other._auth = auth.ApiKeyAuth("")
    assert other._send_request("GET", ["variables", "versions"]) == versions


requests.packages.urllib3.disable_warnings()
kubernetes()
hopsworks()
