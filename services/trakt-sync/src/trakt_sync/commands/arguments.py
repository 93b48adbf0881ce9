"""Arguments that several commands take."""

import argparse


def add_user(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", help="only this user: the `sub` of their tokens; without it, all")


def add_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--list", type=int, help="only this list, by its id")
