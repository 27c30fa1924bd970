using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Stripe;

namespace ContestPipeline.Payout.StripeAccount;

/// <summary>
/// Asks at start of which account at Stripe each key is, stamps the database with it the first time and compares ever after.
/// Nothing is asked of Stripe until that is known; while Stripe does not answer it is asked again every few seconds.
/// </summary>
public sealed class WhoseKeys(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe, StripeConnection money,
    [FromKeyedServices(StripeWire.ReadingStripe)] IStripeClient reading, TimeProvider clock, ILogger<WhoseKeys> log)
        : BackgroundService
{
    /// <summary>From one question to the next while Stripe does not answer.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    /// <summary>How long the start of the worker waits for Stripe's answer; afterwards it starts and is silent.</summary>
    private static readonly TimeSpan s_startWaits = TimeSpan.FromSeconds(5);

    private bool isKnown;

    /// <summary>It starts before whatever asks Stripe. Where nothing is started, as in the simulation, nobody asks.</summary>
    /// <exception cref="SettingException">A key is of another account.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        stripe.AccountIsUnknown(true);
        using var patience = new CancellationTokenSource(s_startWaits, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        await Ask(either.Token);
        cancellationToken.ThrowIfCancellationRequested();
        await base.StartAsync(cancellationToken);
    }

    /// <summary>One question for each key.</summary>
    /// <returns>True when they are of our account; requests are let through from then on.</returns>
    /// <exception cref="SettingException">One is of another account.</exception>
    public async Task<bool> Ask(CancellationToken ct)
    {
        var ofMoney = await OwnerOf(money.Looking, ct);
        var ofReading = reading.ApiKey == money.Looking.ApiKey ? null : await OwnerOf(reading, ct);
        switch (CompareAccounts.Decide(await database.Run(tx => tx.StampedAccount(), CancellationToken.None), ofMoney, ofReading))
        {
            case KeyVerdict.Other other:
                throw new SettingException(other.Setting, other.What);
            case KeyVerdict.Later later:
                log.NotKnownYet(later.Setting, later.What);
                return false;
            case KeyVerdict.Same same:
                await database.Run(tx => tx.StampAccount(same.AccountId), CancellationToken.None);
                if (same.ReadingNotTold is { } why) await UseOneKey(why);
                stripe.AccountIsUnknown(false);
                log.Known(same.AccountId);
                return isKnown = true;
            default:
                throw new InvalidOperationException("a verdict of another kind");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!isKnown && !stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested) return;
            try
            {
                await Ask(stoppingToken);
            }
            catch (NpgsqlException trouble) when (WorkerDatabase.IsTransient(trouble))
            {
                log.NotKnownYet("PAYOUT_DATABASE", trouble.Message);
            }
        }
    }

    private Task UseOneKey(string why)
    {
        stripe.ReadWithMoneyKey();
        log.NotUsed(CompareAccounts.ReadingSetting, why);
        return database.Run(
            tx =>
            {
                tx.Alert(AccountKeyAlerts.NotUsed(why, tx.Now));
                return Task.CompletedTask;
            }, CancellationToken.None);
    }

    /// <summary>Asks Stripe, once.</summary>
    public static async Task<KeyOwner> OwnerOf(IStripeClient client, CancellationToken ct)
    {
        try
        {
            return new KeyOwner.Account((await new AccountService(client).GetSelfAsync(cancellationToken: ct)).Id);
        }
        catch (StripeException refusal)
        {
            var status = (int)refusal.HttpStatusCode;
            var what = $"http {status} {refusal.StripeError?.Code ?? refusal.StripeError?.Type}: {refusal.Message}";
            return status == 403 ? new KeyOwner.NotTold(what) : new KeyOwner.Unknown(what);
        }
        catch (HttpRequestException broken)
        {
            return new KeyOwner.Unknown($"connection: {broken.Message}");
        }
        catch (OperationCanceledException)
        {
            return new KeyOwner.Unknown("no answer in time");
        }
    }
}

/// <summary>What is logged about whose the keys are.</summary>
internal static partial class WhoseKeysLog
{
    [LoggerMessage(
        1, LogLevel.Warning, "It is not known yet of which account at Stripe {Setting} is ({What}); nothing is sent until it is")]
    public static partial void NotKnownYet(this ILogger log, string setting, string what);

    [LoggerMessage(2, LogLevel.Information, "The keys are of account {AccountId} at Stripe")]
    public static partial void Known(this ILogger log, string accountId);

    [LoggerMessage(3, LogLevel.Warning, "{Setting} does not say of which account it is and is not used: {Why}")]
    public static partial void NotUsed(this ILogger log, string setting, string why);
}
