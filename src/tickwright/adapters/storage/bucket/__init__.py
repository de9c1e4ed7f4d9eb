"""Object storage that speaks S3, seen as a tree of files: what a lake or a backup needs of it, and nothing else.

`address` which bucket and prefix an `s3://` location means, and where its credentials come from; `objects` whole
objects in and out, with the platform's sentences for the service's errors; `bucket_path` one name in that tree, with
the part of `pathlib.Path` that a bucket can keep.
"""
