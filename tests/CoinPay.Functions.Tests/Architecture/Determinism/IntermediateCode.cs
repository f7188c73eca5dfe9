using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace CoinPay.Functions.Tests.Architecture.Determinism;

/// <summary>Reads the members that a method body names. Source: ECMA-335, partition III and II.22.</summary>
internal static class IntermediateCode
{
    private const byte TwoByteMark = 0xFE;

    private static readonly Dictionary<ushort, OpCode> Codes = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => unchecked((ushort)code.Value));

    /// <summary>Methods, fields and types in the order in which the body names them.</summary>
    public static IEnumerable<EntityHandle> MembersNamedBy(MethodBodyBlock body)
    {
        List<EntityHandle> members = [];
        BlobReader code = body.GetILReader();
        while (code.RemainingBytes > 0)
        {
            byte first = code.ReadByte();
            OpCode operation = Codes[first == TwoByteMark ? (ushort)((first << 8) | code.ReadByte()) : first];
            switch (operation.OperandType)
            {
                case OperandType.InlineMethod or OperandType.InlineField
                    or OperandType.InlineTok or OperandType.InlineType:
                    members.Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    code.Offset += sizeof(int) * code.ReadInt32();
                    break;
                default:
                    code.Offset += SizeOf(operation.OperandType);
                    break;
            }
        }
        return members;
    }

    private static int SizeOf(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineBrTarget or OperandType.InlineI or OperandType.InlineSig or OperandType.InlineString
            or OperandType.ShortInlineR => 4,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => throw new InvalidOperationException("an operand of no known size: " + operand),
    };
}
