"""The committed OpenAPI documents: they are those of the code, and say enough to make clients from."""

import re

import jsonschema
import pytest

from chassis.health import Health
from chassis.http.openapi import HttpApi, text_of
from chassis.http.problem_kinds import MEDIA_TYPE
from clients import documents
from lists_api.http.api import http_api as lists_api
from notifier.routes import http_api as notifier
from trakt_sync.http.api import http_api as trakt_sync

SERVICES = {"lists-api": lists_api, "notifier": notifier, "trakt-sync": trakt_sync}
ONLY_COMPONENTS = {"$ref"}
UNION_OF_COMPONENTS = {"oneOf", "discriminator"}

each_service = pytest.mark.parametrize("service", SERVICES)


def built(service: str) -> HttpApi:
    return SERVICES[service](Health())


@each_service
def test_the_committed_document_is_that_of_the_code(service: str) -> None:
    committed = (documents.FOLDER / f"{service}.json").read_text(encoding="utf-8")
    assert committed == text_of(built(service).openapi()), "write it with: make schemas"


@each_service
def test_operation_ids_are_the_names_of_what_is_done_and_each_is_there_once(service: str) -> None:
    names = [operation["operationId"] for operation in documents.operations(documents.read(service))]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", name) for name in names), names


@each_service
def test_no_two_models_have_one_name(service: str) -> None:
    # FastAPI names both after their modules then, and a client's generator finds neither
    assert not [name for name in documents.read(service)["components"]["schemas"] if "__" in name]


@each_service
def test_every_operation_has_a_described_tag_and_a_sentence(service: str) -> None:
    document = documents.read(service)
    described = {tag["name"] for tag in document["tags"] if tag["description"]}
    for operation in documents.operations(document):
        (tag,) = operation["tags"]
        assert tag in described
        assert operation["description"].endswith((".", "now."))


@each_service
def test_every_json_body_is_a_named_component_or_a_union_of_them(service: str) -> None:
    for media in documents.bodies(documents.read(service)):
        if media.media_type not in ("text/event-stream", "text/csv", "text/html", "application/zip"):
            assert set(media.content["schema"]) in (ONLY_COMPONENTS, UNION_OF_COMPONENTS), media.place


@each_service
def test_every_error_is_a_problem_but_those_of_the_probes(service: str) -> None:
    for media in documents.bodies(documents.read(service)):
        is_error = media.status is not None and media.status >= 400
        is_probe = media.place.startswith("check_")
        is_page = media.media_type == "text/html"  # for a browser
        assert (media.media_type == MEDIA_TYPE) == (is_error and not is_probe and not is_page), media.place


@each_service
def test_every_body_has_an_example_and_each_is_valid(service: str) -> None:
    document = documents.read(service)
    for media in documents.bodies(document):
        examples = documents.examples(document, media)
        assert examples, media.place
        schema = {**media.content["schema"], "components": document["components"]}
        validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
        for example in examples:
            validator.validate(example)


@each_service
def test_an_example_of_a_problem_is_of_no_other_kind(service: str) -> None:
    document = documents.read(service)
    for media in documents.bodies(document):
        if media.media_type == MEDIA_TYPE:
            for slug, example in media.content["examples"].items():
                assert (example["value"]["slug"], example["value"]["status"]) == (slug, media.status), media.place


def test_a_body_that_is_not_utf_8_is_stated_where_a_body_is_taken() -> None:
    for operation in documents.operations(documents.read("lists-api")):
        assert ("requestBody" in operation) == ("400" in operation["responses"]), operation["operationId"]
