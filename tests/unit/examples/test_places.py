from ddbbulk.examples.places import is_aws_host


def test_only_amazons_hosts_cost_money() -> None:
    assert is_aws_host("https://dynamodb.us-east-1.amazonaws.com")
    assert is_aws_host("https://123456789012.ddb.eu-west-1.amazonaws.com:443/")
    assert not is_aws_host("http://127.0.0.1:8000")
    assert not is_aws_host("http://amazonaws.com.example.org")
