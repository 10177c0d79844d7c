import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useWords } from '../model/app-context.tsx';
import { Button } from './button.tsx';

/** A dialog above the page. `onClose` is called on Escape, on a press outside and by its own buttons. */
export function Sheet({
  title,
  open,
  onClose,
  children,
  role = 'dialog',
}: {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
  role?: 'dialog' | 'alertdialog';
}): ReactNode {
  return (
    <ModalOverlay
      className="scrim"
      isOpen={open}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
      isDismissable={role === 'dialog'}
    >
      <Modal className="modal">
        <Dialog className="dialog" role={role}>
          <Heading slot="title" level={2}>
            {title}
          </Heading>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Asks before something that interrupts or cannot be taken back. The safe answer has the focus. `harmless`: nothing is lost by it. */
export function Confirm({
  title,
  open,
  onClose,
  onConfirm,
  confirm,
  harmless = false,
  children,
}: {
  title: string;
  open: boolean;
  onClose: () => void;
  onConfirm: () => void;
  confirm: string;
  harmless?: boolean;
  children: ReactNode;
}): ReactNode {
  const words = useWords();
  return (
    <Sheet title={title} open={open} onClose={onClose} role="alertdialog">
      <p>{children}</p>
      <div className="dialog-buttons">
        <Button autoFocus onPress={onClose}>
          {words.t('page:cancel')}
        </Button>
        <Button
          look={harmless ? ['primary'] : ['danger', 'primary']}
          onPress={() => {
            onClose();
            onConfirm();
          }}
        >
          {confirm}
        </Button>
      </div>
    </Sheet>
  );
}
