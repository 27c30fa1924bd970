using ContestPipeline.Contestctl;
using ContestPipeline.Contestctl.Operations;
using ContestPipeline.Payout.Http;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>Under whose name an order is written down that no API takes.</summary>
public sealed class OrderedByTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task A_name_that_nothing_proves_is_written_down_as_such()
    {
        Assert.Equal("ann (not authenticated)", await OrderedBy.Name(Session(null), "ann", "contestctl", Ct));
        Assert.Equal("contestctl (not authenticated)", await OrderedBy.Name(Session(null), null, "contestctl", Ct));
    }

    [Fact]
    public async Task With_a_token_the_name_is_the_tokens_and_nobody_orders_under_another()
    {
        var session = Session("ann");

        Assert.Equal("ann", await OrderedBy.Name(session, null, "contestctl", Ct));
        Assert.Equal("ann", await OrderedBy.Name(session, "Ann", "contestctl", Ct));
        await Assert.ThrowsAsync<RefusedException>(() => OrderedBy.Name(session, "bob", "contestctl", Ct));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Session Session(string? subject)
    {
        var settings = new Dictionary<string, string?> { ["PIPELINE_ENVIRONMENT"] = "test", ["PAYOUT_JWT_KEY"] = Key };
        if (subject is not null)
        {
            var now = TimeProvider.System.GetUtcNow();
            settings["PAYOUT_API_TOKEN"] = Jwt.Make(PayoutApiOptions.Rules(Settings(settings)),
                new JwtBearer(subject, [ApiRole.Operator], now.AddHours(1)), now);
        }

        return new Session(Settings(settings), TimeProvider.System);
    }

    private static IConfigurationRoot Settings(Dictionary<string, string?> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
}
