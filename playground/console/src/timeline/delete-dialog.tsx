/** Asks before a message is taken back. */
import { Button, Group, Modal, Text } from '@mantine/core'
import type { Message } from 'im-client'
import { useClient } from 'im-client/adapters/react'
import { showError } from '../errors.ts'
import { useTexts } from '../i18n/use-texts.tsx'

/** Whether to delete the message, where there is one. */
export function DeleteDialog({
  message,
  onClose,
}: {
  readonly message: Message | undefined
  readonly onClose: () => void
}) {
  const { t } = useTexts()
  const client = useClient()
  const remove = () => {
    if (message) client.deleteMessage(message.id).catch(showError)
    onClose()
  }
  return (
    <Modal
      opened={message !== undefined}
      onClose={onClose}
      title={t('message.deleteTitle')}
      closeButtonProps={{ 'aria-label': t('close') }}
      size="sm"
      centered
    >
      <Text size="sm">{t('message.deleteHint')}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button color="red" onClick={remove} data-autofocus>
          {t('message.delete')}
        </Button>
      </Group>
    </Modal>
  )
}
