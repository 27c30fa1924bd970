using ContestPipeline.Ingestion;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>What the webhook endpoint insists on before it starts, and that no secret shows while it does.</summary>
public sealed class WebhookOptionsTests
{
    private readonly Dictionary<string, string?> settings = new()
    {
        ["PIPELINE_ENVIRONMENT"] = "test", ["INGESTION_HTTP_URL"] = "http://127.0.0.1:0",
        ["STRIPE_WEBHOOK_SECRETS"] = "whsec_a, whsec_b", ["STRIPE_CONNECT_WEBHOOK_SECRETS"] = "whsec_c",
    };

    [Fact]
    public void Without_an_address_there_is_no_endpoint_and_nothing_else_is_asked_for()
    {
        settings.Remove("INGESTION_HTTP_URL");
        settings.Remove("STRIPE_WEBHOOK_SECRETS");

        Assert.Null(Read());
    }

    [Fact]
    public void Several_secrets_stand_beside_each_other_while_one_is_replaced()
    {
        var options = Read()!;

        Assert.Equal(["whsec_a", "whsec_b"], options.PlatformSecrets);
        Assert.Equal(["whsec_c"], options.ConnectSecrets);
        Assert.False(options.IsLive);
    }

    [Fact]
    public void Secrets_come_from_a_file_as_well()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "whsec_x\nwhsec_y\n");
        settings.Remove("STRIPE_WEBHOOK_SECRETS");
        settings["STRIPE_WEBHOOK_SECRETS_FILE"] = file;

        Assert.Equal(["whsec_x", "whsec_y"], Read()!.PlatformSecrets);
        File.Delete(file);
    }

    [Theory]
    [InlineData("INGESTION_HTTP_URL", "here")]
    [InlineData("INGESTION_HTTP_URL", "ftp://127.0.0.1")]
    [InlineData("STRIPE_WEBHOOK_SECRETS", null)]
    [InlineData("STRIPE_WEBHOOK_SECRETS", ",")]
    [InlineData("STRIPE_WEBHOOK_SECRETS", "whsec_a,sk_test_1")]
    [InlineData("STRIPE_WEBHOOK_SECRETS", "whsec_")]
    [InlineData("STRIPE_CONNECT_WEBHOOK_SECRETS", null)]
    [InlineData("STRIPE_CONNECT_WEBHOOK_SECRETS", "whsec_b")]
    [InlineData("PIPELINE_ENVIRONMENT", "staging")]
    [InlineData("WEBHOOK_RATE_PER_SECOND", "0")]
    public void A_wrong_setting_is_named_and_no_secret_is_shown(string name, string? value)
    {
        settings[name] = value;

        var wrong = Assert.Throws<SettingException>(Read);

        Assert.Equal(name, wrong.Setting);
        Assert.DoesNotContain("whsec_a", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sk_test_1", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Written_to_a_log_the_settings_show_no_secret() =>
        Assert.DoesNotContain("whsec", Read()!.ToString(), StringComparison.Ordinal);

    private WebhookOptions? Read() => WebhookOptions.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
}
