using ContestPipeline.Contestctl;
using ContestPipeline.Integration.Payout;
using ContestPipeline.Payout.Http;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Integration.Contestctl.Money;

/// <summary>
/// An operator's terminal: the commands as they are typed, with a person's token, against Payout's API, its database and the
/// simulated Stripe.
/// </summary>
public sealed class MoneyDesk(ApiWorld world)
{
    public PayoutWorld Payouts => world.Payouts;

    /// <param name="role">Of the token; null: there is no token.</param>
    /// <param name="who">Whose token it is.</param>
    public Task<int> Type(string? role, string who, params string[] arguments) => Type(role, who, "test", arguments);

    public Task<int> TypeIn(string environment, params string[] arguments) =>
        Type(ApiRole.Operator, "olga", environment, arguments);

    private Task<int> Type(string? role, string who, string environment, string[] arguments)
    {
        var settings = new Dictionary<string, string?>
        {
            ["PIPELINE_ENVIRONMENT"] = environment, ["ADMIN_DATABASE"] = Payouts.AdminConnection,
            ["PAYOUT_API_URL"] = world.Address.ToString(),
            ["PAYOUT_API_TOKEN"] = role is null ? null : world.Token(who, role), ["STRIPE_API_KEY"] = "sk_test_x",
            ["STRIPE_API_BASE"] = Payouts.Gateway().Options.StripeApiBase,
        };
        var session = new Session(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), Payouts.Clock);
        return CommandLine.Run(arguments, session, TestContext.Current.CancellationToken);
    }

    public Task<int> AsApprover(params string[] arguments) => Type(ApiRole.Approver, "ann", arguments);

    public Task<int> AsOperator(params string[] arguments) => Type(ApiRole.Operator, "olga", arguments);

    public Task<int> AsViewer(params string[] arguments) => Type(ApiRole.Viewer, "vera", arguments);

    public async Task<string> PayoutOf(string contestId) =>
        (await Payouts.Scalar<string>($"select payout_id from payout.payout where contest_id = '{contestId}'"))!;
}
