using System.CommandLine;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Spectre.Console;
using Stripe;

namespace ContestPipeline.Contestctl.Webhooks;

/// <summary><c>contestctl stripe setup-webhooks</c>: makes or compares the two webhook endpoints at Stripe.</summary>
internal static class SetupWebhooksCommand
{
    private const int ListMax = 100;

    private const string About =
        """
        Makes the two webhook endpoints of the pipeline at Stripe - the platform's own and that of connected accounts - or, where they are there already, gives
        them the list of events that Payout handles. The signing secret of an endpoint that is made here is shown once: put it into the setting named beside
        it. What Stripe cannot change (the pinned version) is named and left; exit code 1 then. --check and --dry-run change nothing and use
        STRIPE_RESTRICTED_KEY where it is set.

        Examples:
          contestctl stripe setup-webhooks --url https://hooks.example.org
          contestctl stripe setup-webhooks --url https://hooks.example.org --check
        """;

    public static Command Make(Session session)
    {
        var url = new Option<string>(
            "--url") { Description = "Where Stripe reaches Ingestion, without the path.", Required = true };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be done and do nothing." };
        var check = new Option<bool>("--check") { Description = "Only compare; exit code 1 on any difference." };
        var json = Output.JsonOption<WebhooksAnswer>();
        var command = new Command("setup-webhooks", About) { url, dryRun, check, json };
        command.SetAction(async (parsed, ct) =>
        {
            var address = Address(parsed.GetValue(url)!, session);
            var looksOnly = parsed.GetValue(dryRun) || parsed.GetValue(check);
            var key = looksOnly ? StripeKeys.Reading(session.Settings) : StripeKeys.Money(session.Settings);
            var endpoints = new WebhookEndpointService(session.OpenStripe(key));
            var wanted = PlanWebhooks.Wanted(address, StripeWire.ApiVersion);
            var results = await LongWork.While("waiting for Stripe", session.Clock, _ => Run(endpoints, wanted, looksOnly, ct));
            Output.Show(parsed, json, new WebhooksAnswer(results), console => Write(console, results));
            var differs = results.Any(r => r.Step.Action != PlanWebhooks.None && !r.Done);
            return differs && !parsed.GetValue(dryRun) ? ExitCodes.CheckFailed : ExitCodes.Success;
        });
        return command;
    }

    private static async Task<IReadOnlyList<Result>> Run(
        WebhookEndpointService endpoints, IReadOnlyList<WantedEndpoint> wanted, bool looksOnly, CancellationToken ct)
    {
        var there = await endpoints.ListAsync(new WebhookEndpointListOptions { Limit = ListMax }, cancellationToken: ct);
        var results = new List<Result>();
        foreach (var one in wanted)
        {
            var step = PlanWebhooks.Compare(one, there.Data);
            if (looksOnly || step.Action is PlanWebhooks.None or PlanWebhooks.Replace)
            {
                results.Add(new Result(step, Done: false, one.SecretSetting, Secret: null));
                continue;
            }

            var secret = step.Action == PlanWebhooks.Create
                ? (await endpoints.CreateAsync(Creation(one), cancellationToken: ct)).Secret : null;
            if (step.Action == PlanWebhooks.Update)
                await endpoints.UpdateAsync(step.EndpointId,
                    new WebhookEndpointUpdateOptions { EnabledEvents = [.. one.Events], Disabled = false },
                    cancellationToken: ct);
            results.Add(new Result(step, Done: true, one.SecretSetting, secret));
        }

        return results;
    }

    internal static WebhookEndpointCreateOptions Creation(WantedEndpoint wanted) => new()
    {
        Url = wanted.Url,
        ApiVersion = wanted.ApiVersion,
        Connect = wanted.Endpoint == Contracts.StripeEndpoints.Connect,
        EnabledEvents = [.. wanted.Events],
        Description = $"ContestPipeline, {wanted.Endpoint} events",
        Metadata = new Dictionary<string, string> { ["contestpipeline_endpoint"] = wanted.Endpoint },
    };

    private static Uri Address(string url, Session session)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")
            || address.Query.Length > 0)
            throw new SettingException("--url", $"must be an address such as https://hooks.example.org, not '{url}'");
        return address.Scheme == "https" || session.Settings.PipelineEnvironment() != "live" ? address
            : throw new SettingException("--url", "must begin with https because PIPELINE_ENVIRONMENT is live");
    }

    private static void Write(IAnsiConsole console, IReadOnlyList<Result> results)
    {
        var table = Output.Table("endpoint", "address", "to do", "done", "why");
        foreach (var r in results)
            table.Row(r.Step.Endpoint, r.Step.Url, r.Step.Action, r.Done ? "yes" : "", string.Join("; ", r.Step.Differences));
        console.Write(table);
        foreach (var r in results.Where(r => r.Secret is not null))
            console.WriteLine($"shown once: {r.SecretSetting}={r.Secret}");
    }

    /// <summary>What was found and done about one endpoint.</summary>
    /// <param name="Secret">Only of an endpoint that was made just now; Stripe never tells it again.</param>
    internal sealed record Result(WebhookStep Step, bool Done, string SecretSetting, string? Secret)
    {
        /// <summary>Without the secret.</summary>
        public override string ToString() => $"{nameof(Result)} {{ Step = {Step}, Done = {Done} }}";
    }
}
